import type { Circumstances } from '../report/circumstances.ts'
import type { Line } from '../report/line.ts'
import type { MeshResult } from '../mesh/mesh-result.ts'

/** What `bench --json` prints, as far as it is drawn. */
export interface MeasuredBesideJs2p extends Circumstances {
  readonly results: readonly { readonly lines: readonly Line[] }[]
}

/** What `bench:mesh --json` prints, as far as it is drawn. */
export interface MeasuredMesh extends Circumstances {
  readonly rows: readonly { readonly row: string; readonly outcomes: MeshResult['outcomes'] }[]
}
