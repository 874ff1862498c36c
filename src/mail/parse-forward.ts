import { type ParsedTargets, parseTargets } from './parse-targets.ts';

/**
 * Reads the `.forward` of a user: a list of names and addresses, commas or line ends between them, `#` begins a comment
 * line. What does not count is told as `parseTargets` does.
 */
export function parseForward(text: string): ParsedTargets {
  const lines = text.split('\n').filter((line) => !/^\s*#/u.test(line));
  return parseTargets(lines.join(','));
}
