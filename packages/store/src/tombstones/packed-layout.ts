/** Bytes of an entry's header. */
export const headerBytes = 18
/** Bytes that a packed deletion takes beyond its key and its proof: its header, a number more, and its places in the index. */
export const packedBytes: number = headerBytes + 8 + 8

/** Bytes of ids and other hashes. */
export const hashBytes = 32
/** Bytes of a signature. */
export const signatureBytes = 64
/** Bytes of the proof of a record that was signed alone: its id, the signature, and the hash of the header that it is for, too. */
export const aloneBytes: number = hashBytes + signatureBytes + hashBytes
