/** Whether a key or a value was not in the encoding of the socket. Not by its class: an application may have two copies of a package. */
export function isDecodingError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'DECODING'
}
