/**
 * What it costs to inflate a payload, microseconds: for each payload, for each KiB of it compressed, and for each KiB inflated. Measured on
 * one core at 2 GHz or more with random bytes of 4 to 256 values, text, and repetitions, of 64 bytes to 1 MiB: these are within a factor of
 * two of each.
 */
const costs = { payload: 40, compressedKibibyte: 30, inflatedKibibyte: 4 } as const

/** Microseconds of processor time that it costs to inflate `from` bytes to `to` bytes. */
export function inflationWork({ from, to }: { readonly from: number; readonly to: number }): number {
  return costs.payload + (from * costs.compressedKibibyte + to * costs.inflatedKibibyte) / 1024
}
