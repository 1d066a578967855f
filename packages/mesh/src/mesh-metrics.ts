/** What a node has counted since it was made; plain numbers. A message that a neighbor lacks is sent as a copy of its payload. */
export interface MeshMetrics {
  /** Links now; with nodes that can be dialed, and with those that only dial. */
  readonly links: number
  readonly coreLinks: number
  readonly leafLinks: number
  /** This node's own broadcasts. */
  readonly messagesSent: number
  /** Broadcasts of others, when they came first; and copies that came again. */
  readonly messagesReceived: number
  readonly duplicatesReceived: number
  /** Copies given to links, those passed on included. */
  readonly payloadSent: number
  /** Messages by which the mesh keeps itself: announcements, requests for messages, prunes, lists of nodes, questions for routes. */
  readonly controlSent: number
  readonly controlReceived: number
  /** Requests for missing messages, and requests to send no more of a source. */
  readonly graftsSent: number
  readonly prunesSent: number
  /** Messages to one node given to links, by their source; and of them those that were repeated. Without those of inspectors. */
  readonly directSent: number
  readonly directRepeated: number
  /** Frames of other nodes, each to one node, that this one could not pass on. */
  readonly directDropped: number
  /** Questions to all nodes for the route to one. */
  readonly routeQuestionsSent: number
  /** Bytes of frames, on the links that there are and those that there were. Without the questions of inspectors and their answers. */
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** What the mesh counts as it goes; bytes: of links that are gone. */
export type MeshCounters = {
  -readonly [name in keyof Omit<MeshMetrics, 'links' | 'coreLinks' | 'leafLinks'>]: number
}

export function createCounters(): MeshCounters {
  return {
    ...{ messagesSent: 0, payloadSent: 0, controlSent: 0, graftsSent: 0, prunesSent: 0, bytesSent: 0 },
    ...{ messagesReceived: 0, duplicatesReceived: 0, controlReceived: 0, bytesReceived: 0 },
    ...{ directSent: 0, directRepeated: 0, directDropped: 0, routeQuestionsSent: 0 },
  }
}
