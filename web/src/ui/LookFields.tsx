import { LANGUAGES, useWords, type Language } from "@/i18n";
import { common } from "@/i18n/common";
import { usePreferences, type Theme } from "@/lib/preferences";
import { Segmented, SelectField } from "./Field";

const AUTO = "auto";

/** Theme and language, as they are chosen for all devices. */
export function LookFields() {
  const t = useWords(common);
  const [preferences, change] = usePreferences();
  return (
    <div className="flex flex-col gap-4">
      <Segmented<Theme>
        label={t("shell.theme")}
        value={preferences.theme}
        choices={[
          { value: "system", label: t("theme.system") },
          { value: "light", label: t("theme.light") },
          { value: "dark", label: t("theme.dark") },
        ]}
        onChange={(theme) => change({ theme })}
      />
      <SelectField
        label={t("shell.language")}
        help={t("shell.look.kept")}
        value={preferences.language ?? AUTO}
        choices={[
          { value: AUTO, label: t("shell.language.auto") },
          ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
        ]}
        onChange={(event) =>
          change({ language: event.target.value === AUTO ? null : (event.target.value as Language) })
        }
      />
    </div>
  );
}
