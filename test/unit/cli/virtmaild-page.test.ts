import { expect, test } from 'vitest';
import { virtmaildKeyTexts } from '../../../src/cli/man/virtmaild-page.ts';
import { virtmaildKeys } from '../../../src/mail/parse-virtmaild-settings.ts';

test('virtmaild(8) tells of every key of virtmaild.toml, and of no other', () => {
  expect(Object.keys(virtmaildKeyTexts)).toEqual(virtmaildKeys);
});
