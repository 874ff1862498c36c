import { escapeLines } from '../errors/escape-lines.ts';
import type { Severity } from '../linux/syslog.ts';
import type { DeliveryResult } from './mail-types.ts';

/** Says a line to the log. What came from outside in it is escaped. */
export type SayToLog = (severity: Severity, text: string) => void;

/** One mailbox, or all forwards, of one recipient of one message. */
export interface LoggedDelivery {
  readonly id: string;
  readonly sender: string;
  readonly address: string;
  /** `bob@foo.example`, or where it is forwarded to. */
  readonly target: string;
  readonly size: number;
  readonly seconds: number;
  readonly peer: string;
  readonly result: DeliveryResult;
}

/** The line a delivery gets, with what people search a log for. */
export function describeDelivery(delivery: LoggedDelivery): string {
  const { id, sender, address, target, size, seconds, peer, result } = delivery;
  const about = `to=<${shown(address)}>, from=<${shown(sender)}>, for=${shown(target)}, size=${size}, time=${seconds.toFixed(3)}, client=${peer}`;
  return `${id}: ${about}, ${describeResult(result)}`;
}

/** What did not go well is worth more attention. */
export function severityOf(result: DeliveryResult): Severity {
  return result.type === 'delivered' ? 'info' : result.type === 'refused' ? 'notice' : 'warning';
}

function describeResult(result: DeliveryResult): string {
  if (result.type === 'delivered') return `delivered (${shown(result.path)})`;
  return `${result.type} (${result.status}, ${shown(result.why)})`;
}

/** Lines of a log have about a thousand bytes. */
function shown(text: string): string {
  return escapeLines(text).slice(0, 200);
}
