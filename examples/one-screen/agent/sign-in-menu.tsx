import {
  Avatar,
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuItemLink,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components';
import { useContactCenter } from 'onescreen/react';
import { demoAgents } from '../development-sign-in';
import { useRun } from './reports';

/** The development sign-in's menu: become somebody else, or leave. */
export function SignInMenu({ displayName }: { readonly displayName: string }) {
  const client = useContactCenter();
  const run = useRun();
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button
          appearance="subtle"
          icon={<Avatar name={displayName} size={24} color="brand" />}
          aria-label={`${displayName}, development sign-in`}
        >
          {displayName}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>Development sign-in: not for production</MenuGroupHeader>
            {demoAgents.map((agent) => (
              <MenuItemLink key={agent.id} href={`/?agent=${agent.id}`}>
                Work as {agent.displayName}
              </MenuItemLink>
            ))}
          </MenuGroup>
          <MenuDivider />
          <MenuItem
            onClick={() =>
              run(async () => {
                await client.signOut();
                location.assign('/?agent=');
              })
            }
          >
            Sign out
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
