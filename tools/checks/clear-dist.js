// Before a package is built: what was built of sources that are gone would be packed with the rest.
import { rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
