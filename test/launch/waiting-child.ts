/** A process that stays until it is ended, or its parent is gone. */
import { parentProcess } from '../../src/main/launch/parent.ts'

parentProcess()!.onGone(() => process.exit(0))
