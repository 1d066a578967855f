import type { Figures } from '../running/case.ts'
import type { MeshCase, MeshMeasureName } from './mesh-case.ts'
import type { MeshSubject } from './network/mesh-node.ts'
import { loadMeshSubject } from './subjects/load-mesh-subject.ts'

type Measure = (subject: MeshSubject, spec: MeshCase) => Promise<Figures>

/** Loaded only when asked for, so that nothing else falls into the time that a start takes. */
const measures: Readonly<Record<MeshMeasureName, () => Promise<Measure>>> = {
  throughput: async () => (await import('./measures/throughput.ts')).measureThroughput,
  processes: async () => (await import('./measures/processes.ts')).measureProcesses,
  latency: async () => (await import('./measures/latency.ts')).measureLatency,
  heap: async () => (await import('./measures/heap.ts')).measureHeap,
  start: async () => (await import('./measures/start.ts')).measureStart,
  stall: async () => (await import('./measures/stall.ts')).measureStall,
}

/** Takes a measure, in this process. */
export async function measureMesh(spec: MeshCase): Promise<Figures> {
  const measure = await measures[spec.measure]()
  return measure(await loadMeshSubject(spec.subject), spec)
}
