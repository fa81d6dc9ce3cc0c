import type { Signal } from '@preact/signals';

interface TextFieldProps {
  readonly label: string;
  readonly value: Signal<string>;
  readonly mono?: boolean;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly placeholder?: string;
}

/** A text with its label. */
export const TextField = ({ label, value, mono, required, disabled, placeholder }: TextFieldProps) => (
  <label class="field">
    <span>{label}</span>
    <input
      class={mono ? 'mono' : ''}
      required={required ?? false}
      disabled={disabled ?? false}
      placeholder={placeholder ?? ''}
      spellcheck={false}
      autoComplete="off"
      value={value}
      onInput={(event) => {
        value.value = event.currentTarget.value;
      }}
    />
  </label>
);

interface AreaFieldProps {
  readonly label: string;
  readonly value: Signal<string>;
  readonly rows: number;
  readonly required?: boolean;
  readonly placeholder?: string;
}

/** A text of several lines with its label. */
export const AreaField = ({ label, value, rows, required, placeholder }: AreaFieldProps) => (
  <label class="field">
    <span>{label}</span>
    <textarea
      rows={rows}
      required={required ?? false}
      placeholder={placeholder ?? ''}
      spellcheck={false}
      value={value}
      onInput={(event) => {
        value.value = event.currentTarget.value;
      }}
    />
  </label>
);

interface NumberFieldProps {
  readonly label: string;
  readonly value: Signal<number>;
  readonly min?: number;
  readonly max?: number;
  /** Label and field side by side, the field short. */
  readonly inline?: boolean;
}

/** A number with its label; anything else counts as the smallest one. */
export const NumberField = ({ label, value, min = 0, max, inline }: NumberFieldProps) => (
  <label class={inline ? 'row' : 'field'}>
    <span class="label">{label}</span>
    <input
      class={inline ? 'input short' : ''}
      type="number"
      min={min}
      max={max}
      value={value.value}
      onInput={(event) => {
        value.value = event.currentTarget.valueAsNumber || min;
      }}
    />
  </label>
);

interface SelectFieldProps<T extends string> {
  readonly label: string;
  readonly value: Signal<T>;
  readonly options: readonly (readonly [value: T, title: string])[];
  readonly inline?: boolean;
}

/** One of several, with its label. */
export const SelectField = <T extends string>({ label, value, options, inline }: SelectFieldProps<T>) => (
  <label class={inline ? 'row' : 'field'}>
    <span class="label">{label}</span>
    <select
      class={inline ? 'input name' : ''}
      value={value.value}
      onChange={(event) => {
        const chosen = options.find(([each]) => each === event.currentTarget.value);
        if (chosen !== undefined) value.value = chosen[0];
      }}
    >
      {options.map(([each, title]) => (
        <option key={each} value={each}>
          {title}
        </option>
      ))}
    </select>
  </label>
);
