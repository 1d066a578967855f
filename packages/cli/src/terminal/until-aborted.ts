/** Who waited was told to end. What was written before stays written. */
class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
  readonly code = 'INTERRUPTED'

  constructor() {
    super('Interrupted while waiting for neighbors. What was set stays set here, and goes to the others by itself.')
  }
}

/** What a promise comes to, unless the signal comes first. @throws {InterruptedError} */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new InterruptedError())
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
