/**
 * The services that nsswitch.conf(5) names, each once in order: `files`, `dns`, `systemd` … Actions in brackets and
 * comments are left out, and words no service can be called: a name becomes part of a library's file name.
 */
export function parseNsswitch(text: string): string[] {
  const services = text.split('\n').flatMap(parseLine);
  return [...new Set(services)];
}

/** The library that glibc loads for a service. */
export function nssLibrary(service: string): string {
  return `libnss_${service}.so.2`;
}

function parseLine(line: string): string[] {
  const rest = /^\s*[a-z_]+\s*:(?<rest>[^#]*)/u.exec(line)?.groups?.rest ?? '';
  const words = rest.replace(/\[[^\]]*\]?/gu, ' ').split(/\s+/u);
  return words.filter((word) => /^[A-Za-z0-9_-]+$/u.test(word));
}
