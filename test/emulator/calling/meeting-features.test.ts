import type { Call, CaptionsCommon, TeamsCaptions } from '@azure/communication-calling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawIdOf } from '../../../src/emulator/calling/identifiers';
import type { CallingPage } from './calling-page';
import { gus, meeting, MeetingPage, olivia } from './meeting-page';

const anna = '8:acs:resource_anna';
let bench: MeetingPage;
let page: CallingPage;

beforeEach(() => {
  bench = new MeetingPage();
  page = bench.page;
});

afterEach(() => {
  expect([page.peers.misuse, page.errors]).toEqual([[], []]);
});

describe('the capabilities in a meeting', () => {
  it('are not known before the emulator says so, then all are there with the official reasons', async () => {
    const call = await bench.join();
    const feature = call.feature(page.sdk.Features.Capabilities);
    expect(Object.keys(feature.capabilities).length).toBe(25);
    expect(feature.capabilities.turnVideoOn).toEqual({ isPresent: false, reason: 'NotInitialized' });
    await bench.say(call, {
      capabilities: {
        turnVideoOn: { isPresent: true, reason: 'Capable' },
        manageLobby: { isPresent: false, reason: 'RoleRestricted' },
        shareScreen: { isPresent: false, reason: 'of another age' },
      },
    });
    const { turnVideoOn, manageLobby, shareScreen, raiseHand } = feature.capabilities;
    expect([turnVideoOn, manageLobby, shareScreen, raiseHand]).toEqual([
      { isPresent: true, reason: 'Capable' },
      { isPresent: false, reason: 'RoleRestricted' },
      { isPresent: false, reason: 'NotCapable' },
      { isPresent: false, reason: 'NotCapable' },
    ]);
  });

  it('tell what has changed, and whether it was by the role', async () => {
    const call = await bench.inside();
    const feature = call.feature(page.sdk.Features.Capabilities);
    const told: unknown[] = [];
    feature.on('capabilitiesChanged', (change) => told.push(change));
    await bench.say(call);
    const manageLobby = { isPresent: true, reason: 'Capable' };
    const turnVideoOn = { isPresent: false, reason: 'MeetingRestricted' };
    await bench.say(call, { role: 'Organizer', capabilities: { ...meeting.capabilities, manageLobby } });
    await bench.say(call, { role: 'Organizer', capabilities: { turnVideoOn, manageLobby } });
    expect(told).toEqual([
      {
        oldValue: { manageLobby: { isPresent: false, reason: 'NotCapable' } },
        newValue: { manageLobby },
        reason: 'RoleChanged',
      },
      {
        oldValue: { turnVideoOn: { isPresent: true, reason: 'Capable' } },
        newValue: { turnVideoOn },
        reason: 'MeetingOptionOrOrganizerPolicyChanged',
      },
    ]);
  });
});

describe('hands', () => {
  it('are told as they go up and down, in their order, this side included', async () => {
    const call = await bench.inside();
    const feature = call.feature(page.sdk.Features.RaiseHand);
    const told: string[] = [];
    feature.on('raisedHandEvent', ({ identifier }) => told.push(`up ${rawIdOf(identifier)}`));
    feature.on('loweredHandEvent', ({ identifier }) => told.push(`down ${rawIdOf(identifier)}`));
    await bench.say(call, { hand: 2 }, [olivia, { ...gus, hand: 1 }]);
    expect(feature.getRaisedHands().map(({ identifier, order }) => [rawIdOf(identifier), order])).toEqual([
      [gus.rawId, 1],
      [anna, 2],
    ]);
    await bench.say(call, { hand: 1 }, [olivia]);
    expect(told).toEqual([`up ${gus.rawId}`, `up ${anna}`, `down ${gus.rawId}`]);
    await page.soon(call.hangUp());
    expect([told.at(-1), feature.getRaisedHands()]).toEqual([`down ${anna}`, []]);
  });

  it('are raised and lowered, one or all', async () => {
    const call = await bench.inside();
    const feature = call.feature(page.sdk.Features.RaiseHand);
    await page.soon(feature.raiseHand());
    await page.soon(feature.lowerHand());
    await page.soon(feature.lowerHands([{ communicationUserId: gus.rawId }]));
    await page.soon(feature.lowerAllHands());
    await bench.say(call, { hand: 1 }, [{ ...olivia, hand: 2 }]);
    await page.soon(feature.lowerAllHands());
    expect(page.of('raise-hand').map(({ raised }) => raised)).toEqual([true, false]);
    expect(page.of('lower-hands').map(({ targets }) => targets)).toEqual([[gus.rawId], [anna, olivia.rawId]]);
  });

  it('that a role may not raise are refused with the reason', async () => {
    const call = await bench.inside();
    page.answers.set('raise-hand', { error: { code: 403, subCode: 8502 } });
    await expect(page.soon(call.feature(page.sdk.Features.RaiseHand).raiseHand())).rejects.toMatchObject({ code: 403 });
  });
});

describe('the spotlight', () => {
  it('tells on whom it is, in the order in which that began', async () => {
    const call = await bench.inside();
    const feature = call.feature(page.sdk.Features.Spotlight);
    const told: unknown[] = [];
    const names = (list: readonly { identifier: Parameters<typeof rawIdOf>[0] }[]) =>
      list.map(({ identifier }) => rawIdOf(identifier));
    feature.on('spotlightChanged', ({ added, removed }) => told.push([names(added), names(removed)]));
    await bench.say(call, {}, [olivia, { ...gus, spotlighted: true }]);
    await bench.say(call, { spotlighted: true }, [olivia, { ...gus, spotlighted: true }]);
    expect(names(feature.getSpotlightedParticipants())).toEqual([gus.rawId, anna]);
    await bench.say(call, { spotlighted: true });
    expect(told).toEqual([
      [[gus.rawId], []],
      [[anna], []],
      [[], [gus.rawId]],
    ]);
    await page.soon(feature.stopAllSpotlight());
    await page.soon(feature.startSpotlight([{ communicationUserId: gus.rawId }]));
    await page.soon(feature.startSpotlight());
    expect(page.of('spotlight').map(({ targets, on }) => [targets, on])).toEqual([
      [[anna], false],
      [[gus.rawId], true],
      [[anna], true],
    ]);
    expect(feature.maxParticipantsToSpotlight).toBe(7);
  });
});

it('the dominant speakers are told, the loudest first, and since when', async () => {
  const call = await bench.inside({ dominant: [gus.rawId] });
  const feature = call.feature(page.sdk.Features.DominantSpeakers);
  const told: unknown[] = [];
  feature.on('dominantSpeakersChanged', () =>
    told.push([
      feature.dominantSpeakers.speakersList.map(rawIdOf),
      feature.dominantSpeakers.timestamp.getTime() <= page.clock.now(),
    ]),
  );
  expect(feature.dominantSpeakers.speakersList.map(rawIdOf)).toEqual([gus.rawId]);
  await bench.say(call, { dominant: [gus.rawId] });
  await bench.say(call, { dominant: [olivia.rawId, gus.rawId] });
  expect(told).toEqual([[[olivia.rawId, gus.rawId], true]]);
});

describe('captions', () => {
  async function captioned(call: Call): Promise<TeamsCaptions> {
    const { captions } = call.feature(page.sdk.Features.Captions);
    if (!isTeams(captions)) throw new Error('not the captions of Teams');
    return captions;
  }

  it('are those of Teams; what is said arrives from when they are on', async () => {
    const call = await bench.inside();
    const captions = await captioned(call);
    const told: unknown[] = [];
    captions.on('CaptionsActiveChanged', () => told.push(captions.isCaptionsFeatureActive));
    captions.on('CaptionsReceived', ({ spokenText, speaker, resultType, timestamp }) =>
      told.push([spokenText, speaker.displayName, resultType, timestamp.getTime()]),
    );
    const say = (text: string, final: boolean) =>
      page.push({ type: 'caption', callId: call.id, from: olivia, text, final, at: 1000 });
    await say('unheard', true);
    await page.soon(captions.startCaptions({ spokenLanguage: 'de-DE' }));
    expect([page.of('captions'), captions.activeSpokenLanguage]).toMatchObject([[{ on: true }], 'de-de']);
    await bench.say(call, { captions: true });
    await say('Guten', false);
    await say('Guten Tag', true);
    await page.soon(captions.stopCaptions());
    await bench.say(call, { captions: false });
    await say('unheard', true);
    expect(told).toEqual([true, ['Guten', 'Olivia', 'Partial', 1000], ['Guten Tag', 'Olivia', 'Final', 1000], false]);
  });

  it('change their language, but only to one that there is', async () => {
    const call = await bench.inside({ captions: true });
    const captions = await captioned(call);
    let changed = 0;
    captions.on('SpokenLanguageChanged', () => (changed += 1));
    await page.soon(captions.setSpokenLanguage('fr-fr'));
    expect([captions.activeSpokenLanguage, captions.activeCaptionLanguage, changed]).toEqual(['fr-fr', 'fr', 1]);
    await expect(captions.setSpokenLanguage('xx-xx')).rejects.toThrow('not supported');
    await expect(captions.setCaptionLanguage('xx')).rejects.toThrow('not supported');
    page.answers.set('captions', { error: { code: 403, subCode: 8502 } });
    await expect(page.soon(captions.setCaptionLanguage('de'))).rejects.toMatchObject({ code: 403 });
    page.answers.delete('captions');
    await page.soon(captions.setCaptionLanguage('de'));
    expect([captions.activeCaptionLanguage, page.of('captions').at(-1)?.language]).toEqual(['de', 'de']);
  });
});

function isTeams(captions: CaptionsCommon): captions is TeamsCaptions {
  return captions.kind === 'TeamsCaptions';
}
