/** @import { Member, User } from "../protocol.generated.d.ts" */

import { t } from "../lib/i18n.js";

/**
 * @param {User["role"] | Member["role"]} role
 * @returns {string} in the reader's language
 */
export function roleLabel(role) {
  switch (role) {
    case "owner":
      return t("Owner");
    case "admin":
      return t("Admin");
    case "guest":
      return t("Guest");
    default:
      return t("Member");
  }
}
