/** Whose service it was. */
export interface EndedFor {
  readonly service: string;
  readonly domain: string;
  readonly client: string;
}

/** How it went. */
export interface EndedRun {
  readonly pid: number;
  readonly durationMs: number;
  /** Why it was told to end, if it was. */
  readonly why: string | undefined;
}

/** The log line of a service that has ended. */
export function describeEnd(
  { service, domain, client }: EndedFor,
  { pid, durationMs, why }: EndedRun,
  end: { readonly status: number; readonly bySignal: boolean },
): string {
  const how = end.bySignal ? `signal ${end.status}` : `status ${end.status}`;
  const because = why === undefined ? '' : ` (${why})`;
  return `${service} ${domain} ${client} pid ${pid} ended: ${how}, ${(durationMs / 1000).toFixed(3)} s${because}`;
}
