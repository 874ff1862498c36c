import { describe, expect, it } from 'vitest';
import { nearestName } from '../../../src/domain/nearest-name.ts';

describe('nearestName', () => {
  it.each([
    ['comands', 'commands'],
    ['logn', 'login'],
    ['howtoo', 'howto'],
    ['optional-file', 'optional-files'],
  ])('takes %s for %s', (text, meant) => {
    expect(nearestName(text, ['commands', 'optional-files', 'login', 'howto', 'minimal'])).toBe(meant);
  });

  it('answers nothing when nothing is near', () => {
    expect(nearestName('zebra', ['commands', 'login'])).toBeUndefined();
    expect(nearestName('', [])).toBeUndefined();
  });

  it('prefers the name that needs fewer changes, and the first of equals', () => {
    expect(nearestName('cat', ['cart', 'bat', 'cat'])).toBe('cat');
    expect(nearestName('cat', ['bat', 'hat'])).toBe('bat');
  });

  it('is quick on a word of any length', () => {
    expect(nearestName('x'.repeat(1_000_000), ['commands'])).toBeUndefined();
  });
});
