/**
 * DEVELOPMENT SIGN-IN, NOT FOR PRODUCTION: whoever names an agent is that agent. A real page gets its token from
 * your identity provider, and a real `authenticate` verifies that token.
 */
export const demoAgents = [
  { id: 'ada', displayName: 'Ada Martin' },
  { id: 'grace', displayName: 'Grace Okafor' },
  { id: 'ben', displayName: 'Ben Lindqvist' },
] as const;

export type DemoAgent = (typeof demoAgents)[number];

export function demoAgent(id: string | null): DemoAgent | undefined {
  return demoAgents.find((agent) => agent.id === id);
}

const prefix = 'development-sign-in:';

/** A token that proves nothing. */
export function developmentToken(agent: DemoAgent): string {
  return `${prefix}${agent.id}`;
}

/** The server's side of it. */
export function agentOfToken(authorization: string | null): DemoAgent | undefined {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
  return token.startsWith(prefix) ? demoAgent(token.slice(prefix.length)) : undefined;
}
