/** The hard limit `name` in the text of /proc/PID/limits (proc_pid_limits(5)); Infinity where there is none. */
export function parseLimit(text: string, name: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  const hard = line?.slice(name.length).trim().split(/\s+/u)[1];
  if (hard === undefined) return undefined;
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}
