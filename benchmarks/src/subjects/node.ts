/** A node on 127.0.0.1, whoever's it is. */
export interface Node {
  readonly port: number
  /** How many links it has. */
  links(): number
  /** Dials; the link may come later. */
  connect(port: number): Promise<void>
}

/** A node of a shared dictionary, with leases, string keys and 100-byte values. */
export interface DictionaryNode extends Node {
  size(): number
  set(key: string, value: Uint8Array): void
  /** Calls the listener for every key that gets a value here. */
  onUpdate(listener: () => void): void
}

/** A node that sends broadcasts. */
export interface MeshNode extends Node {
  send(packet: Uint8Array): void
  /** Calls the listener with the packet of every message from another node. */
  onPacket(listener: (packet: Uint8Array) => void): void
}
