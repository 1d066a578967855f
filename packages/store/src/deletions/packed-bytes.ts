/** Bytes of an entry's header. */
export const headerBytes = 18
/** Bytes that a packed deletion takes beyond its key and its proof: its header, a number more, and its places in the index. */
export const packedBytes: number = headerBytes + 8 + 8
