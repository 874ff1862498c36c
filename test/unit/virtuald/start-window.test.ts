import { describe, expect, it } from 'vitest';
import { StartWindow } from '../../../src/virtuald/start-window.ts';

describe('StartWindow', () => {
  it('counts what was within the last 60 seconds', () => {
    const window = new StartWindow();
    expect(window.nextMs).toBeUndefined();
    for (const at of [0, 10, 60_000]) window.add(at);
    expect(window.count(60_000)).toBe(2);
    expect(window.nextMs).toBe(60_010);
    expect(window.count(60_010)).toBe(1);
    expect(window.count(120_000)).toBe(0);
    expect(window.nextMs).toBeUndefined();
  });

  it('counts right over a long time', () => {
    const window = new StartWindow();
    for (let at = 0; at < 1_000_000; at += 100) {
      window.add(at);
      expect(window.count(at)).toBe(Math.min(600, at / 100 + 1));
    }
    window.clear();
    expect(window.count(0)).toBe(0);
  });
});
