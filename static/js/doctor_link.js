// For staff: from an error to the line of the doctor's page that is about it.
import { cloneTemplate } from "./templates.js";

const OF_SERVICES = /^(provider|model_not_found|cut_off|tools_unsupported)/;
const OTHER_CHECKS = { internal: "database", unavailable: "database", retriever_failed: "git" };

/**
 * Adds the link to a banner where the page has one for this person, and the error a line.
 *
 * @param {HTMLElement} banner
 * @param {{code: string}} event an `error`
 * @param {{provider?: string} | null} request
 */
export function addDoctorLink(banner, event, request) {
  const check = checkOf(event.code, request?.provider);
  if (!check || !document.getElementById("doctor-template")) return;
  const link = cloneTemplate("doctor-template");
  link.hash = check;
  banner.append(" ", link);
}

function checkOf(code, provider) {
  if (!OF_SERVICES.test(code)) return OTHER_CHECKS[code];
  return provider ? `provider-${provider}` : "models";
}
