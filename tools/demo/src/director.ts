import { Narrator } from './narrator.ts'
import { Stage } from './stage.ts'

/** A part of the story. */
export type Step = (stage: Stage) => Promise<void>

/** Plays the steps, one after the other, and leaves no process behind. @returns whether everything held */
export async function play(steps: readonly Step[], narrator: Narrator = new Narrator()): Promise<boolean> {
  const stage = new Stage(narrator)
  const interrupt = (): void => void stage.clear().then(() => process.exit(130))
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    for (const step of steps) await step(stage)
  } catch (error) {
    narrator.check(error instanceof Error ? error.message : String(error), false)
  } finally {
    await stage.clear()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
  const { broken } = narrator
  narrator.title(broken.length === 0 ? 'Everything held.' : `Did not hold: ${broken.join('; ')}`)
  return broken.length === 0
}
