import { LONGEST_PASSWORD } from "@/auth/server/passwords/lengths";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";

type PasswordFieldProps = {
  label: string;
  /** What a password manager fills in. */
  kind: "current-password" | "new-password";
  hint?: string;
  error?: string | undefined;
  value: string;
  onChange: (password: string) => void;
};

/** A field for a password. */
export function PasswordField({ label, kind, hint, error, value, onChange }: PasswordFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <Input
          {...wiring}
          type="password"
          autoComplete={kind}
          required
          maxLength={LONGEST_PASSWORD}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** Tells a password manager whose password the form is about. */
export function UsernameForManagers({ email }: { email: string }) {
  return (
    <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
  );
}
