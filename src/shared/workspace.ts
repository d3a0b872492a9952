/** What a host is and what it serves. */
export interface WorkbenchStatus {
  /** Version of the program. */
  version: string
  /** `desktop`: native dialogs choose files. `web`: files are uploaded or chosen from the allowed folder. */
  host: 'desktop' | 'web'
  /** Absolute path of the workspace folder. */
  workspace: string
  /** Bytes of everything in the workspace folder. */
  bytes: number
  /** How many of each there are. */
  sources: number
  events: number
  datasets: number
  runs: number
  reviews: number
  /** Folder of the machine from which a person at the web host may choose files; null when none was allowed. */
  allowedFolder: string | null
}

/** Whether a workspace holds nothing of anybody's work: datasets, runs and reviews outlive the logs that they were made of. */
export const isUntouched = ({
  sources,
  datasets,
  runs,
  reviews,
}: Pick<WorkbenchStatus, 'sources' | 'datasets' | 'runs' | 'reviews'>): boolean =>
  sources + datasets + runs + reviews === 0
