import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createLog, loggingEnvironment } from '../src/terminal/log.ts'

/** What a command logs of an exception, where a person looks or where a program reads. */
function logged(isTTY: boolean, error: unknown): string {
  const stream = Object.assign(new PassThrough(), { isTTY })
  const environment = loggingEnvironment(createLog('info', stream as PassThrough & NodeJS.WriteStream))
  environment.log('error', 'A listener of the application failed.', { error })
  return String(stream.read())
}

test('an exception is logged with its stack, on one line', () => {
  const error = new Error('on purpose')
  for (const isTTY of [true, false]) {
    const text = logged(isTTY, error)
    expect(text.split('\n')).toHaveLength(2)
    expect(text).toContain('A listener of the application failed.')
    expect(text).toContain('Error: on purpose')
    expect(text).toContain('log.test.ts')
  }
  expect(logged(false, 'no error')).toContain('"error":"no error"')
})
