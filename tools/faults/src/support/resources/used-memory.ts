/** Bytes that a process holds after a collection of garbage: objects of the heap and buffers outside of it. */
export function usedBytes(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

export const mebibyte: number = 2 ** 20
