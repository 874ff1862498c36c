import { describe, expect, test } from 'vitest';
import { parseLdSoConf } from '../../../src/closure/parse-ld-so-conf.ts';
import type { HostView } from '../../../src/domain/host-view.ts';
import { type TableFile, tableHost } from '../../support/table-host.ts';

describe('parseLdSoConf', () => {
  test('reads included files where they are included, in the order of their names', () => {
    const dirs = parse({
      '/etc/ld.so.conf': { text: '/first\ninclude ld.so.conf.d/*.conf\n/last\n' },
      '/etc/ld.so.conf.d/b.conf': { text: '/b\n' },
      '/etc/ld.so.conf.d/a.conf': { text: '/a\n/first\n' },
      '/etc/ld.so.conf.d/.hidden.conf': { text: '/hidden\n' },
      '/etc/ld.so.conf.d/a.conf.dpkg-old': { text: '/old\n' },
    });
    expect(dirs).toEqual(['/first', '/a', '/b', '/last']);
  });

  test('leaves comments, blanks, hwcap lines, types and relative folders out', () => {
    const text = '# all\n  /a  # one\n\t\nhwcap 1 nosegneg\n/b=libc6\nrelative/dir\n';
    expect(parse({ '/etc/ld.so.conf': { text } })).toEqual(['/a', '/b']);
  });

  test('reads a file that includes itself once', () => {
    const dirs = parse({
      '/etc/ld.so.conf': { text: 'include /etc/x.conf /etc/ld.so.conf\n/a\n' },
      '/etc/x.conf': { text: '/x\ninclude /etc/ld.so.conf\ninclude /etc/link.conf\n' },
      '/etc/link.conf': { link: 'x.conf' },
    });
    expect(dirs).toEqual(['/x', '/a']);
  });

  test('reads no file twice, however often it is included', () => {
    const host = tableHost({ '/etc/ld.so.conf': { text: `include ${'ld.so.conf '.repeat(20)}\n/a\n` } });
    let reads = 0;
    const counting: HostView = {
      ...host,
      text: (path) => {
        reads += 1;
        if (reads > 1) throw new Error(`read again: ${path}`);
        return host.text(path);
      },
    };
    expect(parseLdSoConf(counting)).toEqual(['/a']);
  });

  test('ends in a chain of includes without end', () => {
    const files = Array.from({ length: 100 }, (_, index): [string, TableFile] => [
      `/etc/${index}.conf`,
      { text: `/d${index}\ninclude ${index + 1}.conf\n` },
    ]);
    const dirs = parse({ '/etc/ld.so.conf': { text: 'include 0.conf\n' }, ...Object.fromEntries(files) });
    expect(dirs).toHaveLength(16);
  });

  test('finds nothing where there is no such file', () => {
    expect(parse({})).toEqual([]);
  });
});

function parse(table: Readonly<Record<string, TableFile>>) {
  return parseLdSoConf(tableHost(table));
}
