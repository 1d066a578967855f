// Opens a store and reads all of it, in a process of its own.
import { openEngine } from './engine.ts'
import type { EngineName } from './engine.ts'

const [, , name, folder = ''] = process.argv
const engine = await openEngine(name as EngineName, folder)
await engine.readAll()
await engine.close()
