import { DiffersFromAzure } from '../../parts/differences.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { About } from './about.tsx';
import { Programs } from './programs.tsx';
import { Tokens } from './tokens.tsx';
import { Trust } from './trust.tsx';

const TABS = [
  { id: 'programs', title: 'Programs and tools', View: Programs },
  { id: 'trust', title: 'Trust', View: Trust },
  { id: 'tokens', title: 'Tokens', View: Tokens },
  { id: 'about', title: 'This emulator', View: About },
] as const;

/** How programs find this hub, trust it and authenticate. */
export const Screen = () => {
  const app = useApp();
  const [, id = 'programs'] = app.navigation.location.value.path;
  const { View } = TABS.find((tab) => tab.id === id) ?? TABS[0];
  return (
    <>
      <div class="title">
        <div class="row">
          <h1>Connect</h1>
          <DiffersFromAzure topic="everything" />
        </div>
      </div>
      <nav class="tabs" aria-label="Parts of this page">
        {TABS.map((tab) => (
          <a key={tab.id} href={linkTo(app, ['connect', tab.id])} aria-current={tab.View === View ? 'page' : undefined}>
            {tab.title}
          </a>
        ))}
      </nav>
      <View />
    </>
  );
};
