/** Version of the wire protocol. Nodes of different versions refuse each other and say so. */
export const protocolVersion = 1

/** Features of later versions that this one knows; a peer that requires another is refused. */
export const knownFeatures: readonly number[] = []
