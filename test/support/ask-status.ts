import { request } from 'node:http';
import { describeStatusJson } from '../../src/virtuald/describe-status.ts';
import type { Snapshot } from '../../src/virtuald/snapshot.ts';

export interface StatusCounts {
  readonly running: number;
  readonly waiting: number;
  readonly started: number;
  readonly failed: number;
  readonly ended: number;
  readonly left: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** What `virtuald --status --json` prints. */
export interface StatusAnswer {
  readonly pid: number;
  readonly services: readonly {
    readonly name: string;
    readonly listen: readonly string[];
    readonly complaints: readonly string[];
    readonly total: StatusCounts;
    readonly domains: readonly (StatusCounts & { readonly domain?: string })[];
  }[];
}

/** Asks a status socket. */
export async function askStatus(socketPath: string): Promise<StatusAnswer> {
  const { text } = await getFromSocket(socketPath, '/status');
  return describeStatusJson(JSON.parse(text) as Snapshot) as StatusAnswer;
}

/** A GET of HTTP over a UNIX socket. */
export function getFromSocket(
  socketPath: string,
  path: string,
): Promise<{ readonly status: number; readonly type: string; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    type: string;
    text: string;
  }>();
  const sent = request({ socketPath, path, agent: false }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    response.on('error', reject);
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
    );
  });
  sent.on('error', reject);
  sent.end();
  return promise;
}
