import { play } from './director.ts'
import { Narrator } from './narrator.ts'
import { formMesh } from './steps/form-mesh.ts'
import { killAndReturn } from './steps/kill-and-return.ts'
import { leave } from './steps/leave.ts'
import { share } from './steps/share.ts'
import { strangers } from './steps/strangers.ts'
import { takeover } from './steps/takeover.ts'

const narrator = new Narrator()
narrator.title('ts2p: processes that share a dictionary, without a server')
const held = await play([formMesh, share, killAndReturn, takeover, strangers, leave], narrator)
process.exitCode = held ? 0 : 1
