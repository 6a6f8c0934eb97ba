import { Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import type { Can, ChannelType } from 'onescreen';
import { useControls, useConversation } from 'onescreen/react';
import { ControlButton, denied } from './control-button';
import { useRun } from './reports';

interface Choice {
  readonly words: string;
  readonly action: string;
  readonly to: ChannelType;
  readonly options?: { readonly close?: boolean; readonly invite?: 'link' | 'call' | 'none' };
}

const choices: readonly Choice[] = [
  { words: 'Chat', action: 'escalateToChat', to: 'chat' },
  { words: 'Call', action: 'escalateToVoice', to: 'voice' },
  { words: 'Teams meeting', action: 'escalateToMeeting', to: 'meeting' },
  { words: 'Teams meeting instead of the', action: 'escalateToMeeting', to: 'meeting', options: { close: true } },
  {
    words: 'Teams meeting with colleagues only',
    action: 'escalateToMeeting',
    to: 'meeting',
    options: { invite: 'none' },
  },
];

/** Adds a channel to the conversation; the customer is invited where they are. */
export function EscalateMenu({ taskId, conversationId }: { readonly taskId: string; readonly conversationId: string }) {
  const run = useRun();
  const { can } = useControls(taskId);
  const conversation = useConversation(conversationId)?.conversation;
  const offered = choices.filter(({ action }) => !isMissing(can(action)));
  if (conversation === undefined || offered.length === 0) return null;
  // What was opened last is what ends.
  const open = [...conversation.channels$.value.values()].filter(({ state$ }) => state$.value.status !== 'closed');
  const last = open.at(-1)?.type === 'voice' ? 'call' : (open.at(-1)?.type ?? 'chat');
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <ControlButton can={can('escalate')} icon={<AddRegular />}>
          Add channel
        </ControlButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {offered.map(({ words, action, to, options }) => {
            const allowed = can(action);
            return (
              <MenuItem
                key={words}
                disabled={!allowed.allowed}
                {...(!allowed.allowed && { subText: denied(allowed) })}
                onClick={() => run(() => conversation.escalate(to, options))}
              >
                {options?.close === true ? `${words} ${last}` : words}
              </MenuItem>
            );
          })}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

/** What this contact center does not have is not shown at all. */
function isMissing(can: Can): boolean {
  return !can.allowed && can.reason === 'not-supported';
}
