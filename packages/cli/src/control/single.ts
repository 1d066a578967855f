import { ControlLostError } from '../failure.ts'

/** The one answer to a question that has one. @throws {ControlLostError} There is none. */
export async function single<T>(replies: AsyncIterable<T>): Promise<T> {
  for await (const reply of replies) return reply
  throw new ControlLostError('it gave no answer')
}
