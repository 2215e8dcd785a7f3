const KEY = 'bellwether.theme';
export type Choice = 'system' | 'dark' | 'light';

const systemLight = matchMedia('(prefers-color-scheme: light)');

function stored(): Choice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'dark' || value === 'light' ? value : 'system';
  } catch {
    return 'system';
  }
}

class Theme {
  choice = $state<Choice>(stored());
  #system = $state<'dark' | 'light'>(systemLight.matches ? 'light' : 'dark');

  constructor() {
    systemLight.addEventListener('change', (event) => {
      this.#system = event.matches ? 'light' : 'dark';
      this.#apply();
    });
    this.#apply();
  }

  get current(): 'dark' | 'light' {
    return this.choice === 'system' ? this.#system : this.choice;
  }

  get next(): Choice {
    return this.choice === 'system' ? 'dark' : this.choice === 'dark' ? 'light' : 'system';
  }

  set(choice: Choice): void {
    this.choice = choice;
    try {
      if (choice === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch {
      // The choice then lasts for this visit only.
    }
    this.#apply();
  }

  #apply(): void {
    document.documentElement.dataset.theme = this.current;
  }
}

export const theme = new Theme();
