import { ContactCenterClient, type AccessToken, type TokenProvider } from 'onescreen';
import { acsChat } from 'onescreen/acs/chat';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import { developmentToken, type DemoAgent } from '../development-sign-in';
import { demoMeetings } from '../meetings';
import { smsProvider } from '../sms/sms-provider';
import { demoVoice } from '../voice';

/** The agent's desk: the control plane of this origin, all hosts of messages, calls and meetings. */
export function createClient(agent: DemoAgent): ContactCenterClient {
  return new ContactCenterClient({
    controlPlane: controlPlane(location.origin),
    tokens: tokensOf(agent),
    providers: [acsChat(), serverChat(), smsProvider(), demoVoice('tpeAgent'), demoMeetings()],
  });
}

const twelveHoursMs = 12 * 60 * 60 * 1_000;

function tokensOf(agent: DemoAgent): TokenProvider {
  const token = developmentToken(agent);
  return async ({ audience, signal }) => {
    if (audience === 'controlPlane') return { token, expiresOn: Date.now() + twelveHoursMs };
    const response = await fetch('/tokens', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ audience }),
      signal,
    });
    if (!response.ok) throw new Error(`unable to get a token for ${audience}; the server answered ${response.status}`);
    const answer: AccessToken = await response.json();
    return answer;
  };
}

/** Signs in and takes work at once, unless the agent has chosen a break. */
export async function startWork(client: ContactCenterClient): Promise<void> {
  const agent = await client.signIn();
  const { availability } = agent.state$.value;
  const onBreak =
    availability.kind === 'unavailable' && agent.reasons$.value.some(({ code }) => code === availability.reason);
  if (!onBreak) await agent.setAvailability({ kind: 'available' });
}
