interface SearchBoxProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly change: (text: string) => void;
}

/** The box that `/` goes to; Escape leaves it. */
export const SearchBox = ({ label, placeholder, value, change }: SearchBoxProps) => (
  <div class="search">
    <input
      class="input mono"
      type="search"
      data-filter
      aria-label={label}
      placeholder={placeholder}
      spellcheck={false}
      autoComplete="off"
      value={value}
      onInput={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
    {value === '' && <kbd>/</kbd>}
  </div>
);
