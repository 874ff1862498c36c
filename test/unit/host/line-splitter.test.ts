import { expect, test } from 'vitest';
import { LineSplitter } from '../../../src/host/line-splitter.ts';

test('LineSplitter puts lines together from pieces, and leaves out those that are too long', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter(4, (line) => lines.push(line));
  for (const piece of ['a', 'b\nc\n', '\n1234', '\n12', '345', '6\n', '12345\n7\nrest']) splitter.add(piece);
  expect(lines).toEqual(['ab', 'c', '', '1234', '7']);
});
