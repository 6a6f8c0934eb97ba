import { Button, Subtitle1, Text, makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import { Room } from './room';
import { openTeamsPhone, type TeamsPhone } from './teams-phone';
import { readTeamsSide, type TeamsPerson, type TeamsSide } from './teams-side';
import { useLookedAt } from './use-looked-at';

const useStyles = makeStyles({
  page: {
    minHeight: '100%',
    boxSizing: 'border-box',
    padding: tokens.spacingHorizontalXXL,
    display: 'grid',
    alignContent: 'start',
    rowGap: tokens.spacingVerticalL,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', rowGap: tokens.spacingVerticalS },
  line: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalM },
  grow: { flexGrow: 1 },
});

/** The Teams side of the demo: whoever opens it plays a person of the house in Teams. */
export function Side() {
  const styles = useStyles();
  const side = useTeamsSide();
  const [person, setPerson] = useState<TeamsPerson>();
  const phone = usePhone(side?.endpoint, person);
  if (side === undefined) return <Text>Looking for the emulator…</Text>;
  return (
    <main className={styles.page}>
      <Subtitle1 as="h1">Teams side{person === undefined ? '' : `: ${person.displayName}`}</Subtitle1>
      {person === undefined ? (
        <ul className={styles.list} aria-label="People">
          {side.people.map((one) => (
            <li key={one.id}>
              {/* The click also lets the page play sound. */}
              <Button onClick={() => setPerson(one)}>Be {one.displayName}</Button>
            </li>
          ))}
        </ul>
      ) : phone === undefined ? (
        <Text>Signing in…</Text>
      ) : (
        <Phone phone={phone} side={side} person={person} />
      )}
    </main>
  );
}

function Phone(props: { readonly phone: TeamsPhone; readonly side: TeamsSide; readonly person: TeamsPerson }) {
  const styles = useStyles();
  useLookedAt();
  const { phone, side, person } = props;
  const [joined, setJoined] = useState<string>();
  const call = phone.call();
  const incoming = phone.incoming();
  return (
    <>
      {incoming !== undefined && (
        <div className={styles.line} role="alert">
          <Text className={styles.grow}>You are asked into a meeting</Text>
          <Button appearance="primary" onClick={() => void phone.accept()}>
            Accept
          </Button>
        </div>
      )}
      <ul className={styles.list} aria-label="Meetings">
        {side.meetings
          .filter(({ over }) => !over)
          .map(({ id, subject, joinLink }) => (
            <li key={id} className={styles.line}>
              <Text className={styles.grow}>{subject}</Text>
              <Button
                onClick={() => {
                  setJoined(id);
                  void phone.join(joinLink);
                }}
              >
                Join {subject}
              </Button>
            </li>
          ))}
      </ul>
      {call !== undefined && <Room {...{ phone, call, side, person }} meetingId={joined} />}
    </>
  );
}

function useTeamsSide(): TeamsSide | undefined {
  const [side, setSide] = useState<TeamsSide>();
  useEffect(() => {
    let over = false;
    // A server that does not answer now is asked again.
    const look = () =>
      void readTeamsSide().then(
        (read) => !over && setSide(read),
        () => {},
      );
    look();
    const timer = setInterval(look, 1_000);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, []);
  return side;
}

function usePhone(endpoint: string | undefined, person: TeamsPerson | undefined): TeamsPhone | undefined {
  const [phone, setPhone] = useState<TeamsPhone>();
  useEffect(() => {
    if (endpoint === undefined || person === undefined) return;
    const opening = openTeamsPhone({ endpoint, people: [], meetings: [] }, person);
    let over = false;
    void opening.then((opened) => !over && setPhone(opened));
    return () => {
      over = true;
      setPhone(undefined);
      void opening.then((opened) => opened.close());
    };
  }, [endpoint, person]);
  return phone;
}
