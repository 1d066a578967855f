import type { Figures } from '../../running/case.ts'
import type { MeshSubject } from '../network/mesh-node.ts'

/** Milliseconds from the start of this process, which does nothing else, until a node listens. */
export async function measureStart(subject: MeshSubject): Promise<Figures> {
  const node = await subject.create({ isListening: true })
  // Counted from the start of the process.
  const ms = performance.now()
  if (node.port === 0) throw new Error('It does not listen.')
  return { ms }
}
