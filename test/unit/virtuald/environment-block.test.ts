import koffi from 'koffi';
import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import type { Connection } from '../../../src/virtuald/connection.ts';
import { decideEnvironment } from '../../../src/virtuald/decide-environment.ts';
import { EnvironmentBlock } from '../../../src/virtuald/environment-block.ts';

const endpoint = (address: string, port: number) => ({ address: parseIpAddress(address), port });
const describeFor = (connection: Connection) =>
  decideEnvironment({
    connection,
    domain: 'a.example',
    account: { name: 'TCPLOCALIP=x', home: '/home/TCPREMOTEIP=' },
    caller: { TZ: 'UTC' },
  }).env;

/** What execve(2) would make of it. */
function readBlock(block: Uint8Array): readonly string[] {
  const base = BigInt(koffi.address(block));
  const view = new DataView(block.buffer);
  const strings: string[] = [];
  for (let index = 0; ; index++) {
    const address = view.getBigUint64(8 * index, true);
    if (address === 0n) return strings;
    const at = Number(address - base);
    strings.push(Buffer.from(block.subarray(at, block.indexOf(0, at))).toString());
  }
}

describe('EnvironmentBlock', () => {
  it('says of each connection what decideEnvironment says of it, whether longer or shorter than the last', () => {
    const block = new EnvironmentBlock(describeFor);
    const longest = '2001:db8:1234:5678:9abc:def0:1234:5678';
    const ends = [
      endpoint('1.2.3.4', 1),
      endpoint(longest, 65_535),
      endpoint('255.255.255.255', 60_000),
      endpoint('::1', 22),
      endpoint(longest, 7),
    ];
    for (const local of ends) {
      for (const peer of ends) {
        const connection = { local, peer };
        block.tell(connection);
        expect(readBlock(block.block)).toEqual(describeFor(connection));
        block.tell(connection);
        expect(readBlock(block.block)).toEqual(describeFor(connection));
      }
    }
  });

  it('changes nothing but what a connection has of its own', () => {
    const block = new EnvironmentBlock(() => ['A=1', 'TCPLOCALPORTS=x', 'TCPLOCALPORT=0', 'Z=ü']);
    block.tell({ local: endpoint('::1', 8021), peer: endpoint('::1', 1) });
    expect(readBlock(block.block)).toEqual(['A=1', 'TCPLOCALPORTS=x', 'TCPLOCALPORT=8021', 'Z=ü']);
  });
});
