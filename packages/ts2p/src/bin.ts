#!/usr/bin/env node
import { main } from '@ts2p/cli'

main()
