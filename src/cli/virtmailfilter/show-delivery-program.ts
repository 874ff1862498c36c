import { version } from '../version.ts';
import { writeLine } from '../virtexec/write-line.ts';
import { type Described, describeDeliveryHelp } from './describe-delivery-help.ts';

/** Help or version of a program that delivers one message, on standard output. Gives the status to end with. */
export function showDeliveryProgram(
  { type }: { readonly type: 'help' | 'version' },
  spec: Described,
  env: Readonly<Record<string, string | undefined>>,
): number {
  const columns = Number(env.COLUMNS);
  const lines =
    type === 'version'
      ? [`${spec.name} ${version}`]
      : describeDeliveryHelp(spec, columns > 20 ? columns : 80);
  for (const line of lines) writeLine(1, line);
  return 0;
}
