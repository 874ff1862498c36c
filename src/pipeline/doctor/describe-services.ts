import { escapeLines } from '../../errors/escape-lines.ts';
import { type Finding, note, ok, problem, unseen } from './finding.ts';
import type { ConfFacts, ServiceFacts } from './inspect-services.ts';

const area = 'virtuald';

/** Of each kind of trouble, how many are named one by one. */
const most = 10;

/** virtuald: whether it knows what to do, does it, and can. */
export function describeServices(facts: ServiceFacts): readonly Finding[] {
  return [
    describeConfig(facts),
    ...describeRunning(facts),
    ...limited(facts.conf.flatMap(describeConf)),
    ...limited(describePrograms(facts)),
  ];
}

function describeConfig({ config, listed }: ServiceFacts): Finding {
  if (config.type === 'wrong') return problem(area, escapeLines(config.why), escapeLines(config.mend));
  const path = escapeLines(config.path);
  if (config.type === 'read') {
    const names = config.services.map(escapeLines).join(', ');
    return names === '' ? note(area, `${path} has no service`, setUp) : ok(area, `${path}: ${names}`);
  }
  const what = listed.length === 0 ? 'not configured, and no domain has a service' : `there is no ${path}`;
  return listed.length === 0
    ? ok(area, what)
    : note(area, `${what}: services are for inetd to start, or nobody does`, setUp);
}

const setUp = 'virtfs service setup SERVICE';

function describeRunning({ config, isRunning }: ServiceFacts): readonly Finding[] {
  if (isRunning) return [ok(area, 'it runs, and answers')];
  if (config.type !== 'read' || config.services.length === 0) return [];
  if (isRunning === undefined) return [unseen(area, 'whether it runs can be seen by root alone')];
  return [
    note(
      area,
      'it does not run',
      'virtfs service install, then systemctl enable --now virtuald or /etc/init.d/virtuald start',
    ),
  ];
}

function describeConf({ path, complaints, lines, missing, sni }: ConfFacts): readonly Finding[] {
  const file = escapeLines(path);
  const shared = sni ? [] : lines.filter((line) => line.shared || line.address === 'sni');
  return [
    ...complaints.map(({ line, why }) => problem(area, `${file}, line ${line}: ${why}`, `correct ${file}`)),
    ...missing.map((directory) =>
      problem(
        area,
        `${file} names ${escapeLines(directory)}, and there is no such tree`,
        `take its lines out of ${file}`,
      ),
    ),
    ...shared.map(({ line, address }) =>
      note(
        area,
        `${file}, line ${line}: ${address === 'sni' ? 'a line of sni' : `a further line for ${address}`} does nothing for a service without sni`,
        'sni = true in virtuald.toml tells domains by the name a TLS client asks for',
      ),
    ),
  ];
}

function describePrograms({ listed }: ServiceFacts): readonly Finding[] {
  return listed
    .filter(({ isInTree }) => isInTree === false)
    .map(({ domain, service, program = '' }) =>
      problem(
        area,
        `${domain} has the service ${service}, and its tree has no ${escapeLines(program)}`,
        `let its profile name it (man 5 virtfs-profile), or: virtfs service disable ${domain} ${service}`,
      ),
    );
}

function limited(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= most) return findings;
  const rest = findings.length - most;
  return [...findings.slice(0, most), note(area, `and ${rest} more like these`, 'virtfs service list')];
}
