/** An alarm on the reports that ticks log: it is there whatever the sinks are, and also when the sink itself is what fails. */
export interface ReportRule {
  readonly id: 'nodes-down' | 'lost-points' | 'waiting-points';
  readonly title: string;
  /** What it means and what to do. */
  readonly description: string;
  /** Minutes that it must last. */
  readonly minutes: number;
  /** Paths of counts in a report; any above 0 raises the alarm. */
  readonly fields: readonly string[];
  /** The same in the report of each sink. */
  readonly sinkFields: readonly string[];
}

export const REPORT_RULES: readonly ReportRule[] = [
  {
    id: 'nodes-down',
    title: 'A node does not answer',
    description:
      'For 3 minutes a node has not answered. The reports in the tick’s log have the reasons with their counts.',
    minutes: 3,
    fields: ['nodes.failed', 'nodes.late'],
    sinkFields: [],
  },
  {
    id: 'lost-points',
    title: 'Points are lost',
    description:
      'Points were refused, not taken in time or given up. The reports in the tick’s log have the reasons with their counts.',
    minutes: 2,
    fields: [],
    sinkFields: ['dropped', 'rejected', 'backlog.rejected', 'backlog.expired'],
  },
  {
    id: 'waiting-points',
    title: 'Points wait for a backend',
    description:
      'For 15 minutes points have waited for a backend: it is away or too slow. What grows too old is given up.',
    minutes: 15,
    fields: [],
    sinkFields: ['backlog.waiting'],
  },
];
