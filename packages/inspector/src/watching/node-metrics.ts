import type { MeshMetrics } from '@ts2p/mesh'
import { Counter, Gauge, Registry } from 'prom-client'
import type { Inspected } from '../inspected.ts'

type CounterName = keyof Omit<MeshMetrics, 'links' | 'coreLinks' | 'leafLinks'>

const counters: Readonly<Record<CounterName, readonly [name: string, help: string]>> = {
  messagesSent: ['ts2p_messages_sent_total', 'Broadcasts that are of this node.'],
  messagesReceived: ['ts2p_messages_received_total', 'Broadcasts of other nodes, when they came first.'],
  duplicatesReceived: ['ts2p_duplicates_received_total', 'Copies of messages that had come before.'],
  payloadSent: ['ts2p_payload_sent_total', 'Copies of messages given to links.'],
  controlSent: ['ts2p_control_sent_total', 'Messages sent by which the mesh keeps itself.'],
  controlReceived: ['ts2p_control_received_total', 'Messages received by which the mesh keeps itself.'],
  graftsSent: ['ts2p_grafts_sent_total', 'Requests for missing messages.'],
  prunesSent: ['ts2p_prunes_sent_total', 'Requests to send no more of an origin.'],
  directSent: [
    'ts2p_direct_sent_total',
    'Messages to one node given to links, by their source, without those of inspectors.',
  ],
  directRepeated: ['ts2p_direct_repeated_total', 'Messages to one node that were sent again.'],
  directDropped: ['ts2p_direct_dropped_total', 'Frames of other nodes to one node that could not be forwarded.'],
  routeQuestionsSent: ['ts2p_route_questions_sent_total', 'Questions to all nodes for the route to one.'],
  bytesSent: ['ts2p_sent_bytes_total', 'Bytes of frames sent, without the questions of inspectors and their answers.'],
  bytesReceived: [
    'ts2p_received_bytes_total',
    'Bytes of frames received, without the questions of inspectors and their answers.',
  ],
}

/** The metrics of a node, read anew for each scrape. A registry of its own: two nodes of a process do not mix. */
export function nodeMetrics(node: Inspected): Registry {
  const registry = new Registry()
  const registers = [registry]
  registry.setDefaultLabels({ node: node.id })
  for (const [field, [name, help]] of Object.entries(counters) as [CounterName, readonly [string, string]][]) {
    const counter = new Counter({
      name,
      help,
      registers,
      // The node counts; a scrape only shows how far it is.
      collect: () => {
        counter.reset()
        counter.inc(node.metrics()[field])
      },
    })
  }
  const gauge = (name: string, help: string, read: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(read()) })
  }
  const links = new Gauge({
    name: 'ts2p_links',
    help: 'Links now: core, with nodes that can be dialed, and leaf, with those that only dial.',
    labelNames: ['kind'],
    registers,
    collect: () => {
      const { coreLinks, leafLinks } = node.metrics()
      links.set({ kind: 'core' }, coreLinks)
      links.set({ kind: 'leaf' }, leafLinks)
    },
  })
  gauge('ts2p_issues', 'Codes of issues that the node reports.', () => node.issues.length)
  if (node.size !== undefined) gauge('ts2p_keys', 'Keys that have a value.', () => node.size ?? 0)
  gauge('ts2p_process_resident_bytes', 'Memory of the process.', () => process.memoryUsage.rss())
  return registry
}
