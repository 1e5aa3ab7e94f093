import { isEea } from '../../law/index.ts'
import {
  actsAsController,
  despiteReason,
  isEmpty,
  type Observation,
  ownOrganisation,
  type Rule,
  recordArticle,
  statementOn,
} from './rule.ts'

/** Who is responsible: Art. 30(1)(a), 30(2)(a) and (b), 26, 27, 28, 37. */
export const partyRules: readonly Rule[] = [
  {
    code: 'organisation-not-own',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 30(1)',
    title: 'A record is kept by an organisation of our own.',
    *check(context) {
      const organisation = ownOrganisation(context)
      if (organisation === undefined || organisation.kind === 'own') return
      yield {
        pointer: '/organisation',
        message: `The organisation ${organisation.key} is listed as ${organisation.kind}, so no record is printed for it.`,
        fix: `Name an organisation of kind own, or change the kind of ${organisation.key}.`,
      }
    },
  },
  {
    code: 'contact-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(1)(a)',
    title: 'The record has the contact details of the organisation that keeps it.',
    *check(context) {
      const organisation = ownOrganisation(context)
      if (organisation === undefined || organisation.contact !== undefined) return
      const observation = {
        pointer: '/organisation',
        article: recordArticle(context.activity, '(1)(a)', '(2)(a)'),
        message: `The organisation ${organisation.key} has no contact details.`,
        fix: `Add contact to the organisation ${organisation.key}.`,
      }
      yield despiteReason(organisation, observation, '/contact')
    },
  },
  {
    code: 'data-protection-officer-missing',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 30(1)(a)',
    title: 'The record names the data protection officer; a public body must have one (Art. 37(1)(a)).',
    *check(context) {
      const organisation = ownOrganisation(context)
      if (organisation === undefined || organisation.dataProtectionOfficer !== undefined) return
      if (statementOn(organisation, '/dataProtectionOfficer')?.state === 'notApplicable') return
      const observation: Observation = {
        pointer: '/organisation',
        ...(organisation.publicBody === true
          ? { severity: 'error', article: 'Art. 37(1)(a)' }
          : { article: recordArticle(context.activity, '(1)(a)', '(2)(a)') }),
        message: `The organisation ${organisation.key} names no data protection officer.`,
        fix: `Add dataProtectionOfficer to the organisation ${organisation.key}, or state there why it needs none (Art. 37(1)).`,
      }
      yield despiteReason(organisation, observation, '/dataProtectionOfficer')
    },
  },
  {
    code: 'representative-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 27(1)',
    title: 'An organisation outside the Union has a representative in it.',
    *check(context) {
      const organisation = ownOrganisation(context)
      if (organisation?.country === undefined || isEea(organisation.country, context.at)) return
      // Art. 27(2)(b) exempts public bodies; the exemption of (a) must be stated.
      if (organisation.representative !== undefined || organisation.publicBody === true) return
      if (statementOn(organisation, '/representative')?.state === 'notApplicable') return
      const observation: Observation = {
        pointer: '/organisation',
        message: `The organisation ${organisation.key} in ${organisation.country} names no representative in the Union.`,
        fix: `Add representative to the organisation ${organisation.key}, or state there why Art. 27(2) exempts it.`,
      }
      yield despiteReason(organisation, observation, '/representative')
    },
  },
  {
    code: 'joint-controllers-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(1)(a)',
    title: 'A joint controller names the others.',
    *check({ activity }) {
      if (activity.role !== 'joint-controller' || !isEmpty(activity.jointControllers)) return
      yield despiteReason(activity, {
        pointer: '/jointControllers',
        message: 'The role is joint-controller, but no joint controller is named.',
        fix: 'Add each joint controller to jointControllers, or change the role to controller.',
      })
    },
  },
  {
    code: 'joint-controller-contact-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(1)(a)',
    title: 'The record has the contact details of each joint controller.',
    *check({ activity, catalogue }) {
      for (const [index, { organisation }] of (activity.jointControllers ?? []).entries()) {
        const entry = catalogue.organisations.get(organisation)
        if (entry === undefined || entry.contact !== undefined) continue
        const observation = {
          pointer: `/jointControllers/${index}/organisation`,
          message: `The joint controller ${organisation} has no contact details.`,
          fix: `Add contact to the organisation ${organisation}.`,
        }
        yield despiteReason(entry, observation, '/contact')
      }
    },
  },
  {
    code: 'arrangement-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 26(1)',
    title: 'Joint controllers have an arrangement.',
    *check({ activity }) {
      if (!actsAsController(activity)) return
      for (const [index, { organisation, arrangement }] of (activity.jointControllers ?? []).entries()) {
        if (arrangement !== undefined) continue
        yield despiteReason(activity, {
          pointer: `/jointControllers/${index}/arrangement`,
          message: `No arrangement with the joint controller ${organisation} is recorded.`,
          fix: 'Say in arrangement what was arranged and where it can be read.',
        })
      }
    },
  },
  {
    code: 'joint-controllers-unexpected',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 26',
    title: 'Joint controllers are named only where the role is joint-controller.',
    *check({ activity }) {
      if (activity.role === 'joint-controller' || isEmpty(activity.jointControllers)) return
      yield {
        pointer: '/jointControllers',
        message: `Joint controllers are named, but the role is ${activity.role}.`,
        fix: 'Change the role to joint-controller, or remove jointControllers.',
      }
    },
  },
  {
    code: 'controllers-unexpected',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 30(2)(a)',
    title: 'Controllers that are acted for are named only where the role is processor.',
    *check({ activity }) {
      if (!actsAsController(activity) || isEmpty(activity.controllers)) return
      yield {
        pointer: '/controllers',
        message: `Controllers that are acted for are named, but the role is ${activity.role}.`,
        fix: 'Change the role to processor, or remove controllers.',
      }
    },
  },
  {
    code: 'controllers-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(2)(a)',
    title: 'A processor names each controller that it acts for.',
    *check({ activity }) {
      if (actsAsController(activity) || !isEmpty(activity.controllers)) return
      yield despiteReason(activity, {
        pointer: '/controllers',
        message: 'The role is processor, but no controller is named.',
        fix: 'Add each controller that the processing is carried out for to controllers.',
      })
    },
  },
  {
    code: 'controller-contact-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(2)(a)',
    title: 'A processor has the contact details of each controller that it acts for.',
    *check({ activity, catalogue }) {
      if (actsAsController(activity)) return
      for (const [index, { organisation }] of (activity.controllers ?? []).entries()) {
        const entry = catalogue.organisations.get(organisation)
        if (entry === undefined || entry.contact !== undefined) continue
        const observation = {
          pointer: `/controllers/${index}/organisation`,
          message: `The controller ${organisation} has no contact details.`,
          fix: `Add contact to the organisation ${organisation}.`,
        }
        yield despiteReason(entry, observation, '/contact')
      }
    },
  },
  {
    code: 'categories-of-processing-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(2)(b)',
    title: 'A processor records the categories of processing for each controller.',
    *check({ activity }) {
      if (actsAsController(activity)) return
      for (const [index, { organisation, categoriesOfProcessing }] of (activity.controllers ?? []).entries()) {
        if (!isEmpty(categoriesOfProcessing)) continue
        yield despiteReason(activity, {
          pointer: `/controllers/${index}/categoriesOfProcessing`,
          message: `No category of processing is recorded for the controller ${organisation}.`,
          fix: 'List in categoriesOfProcessing what is done on its behalf.',
        })
      }
    },
  },
  {
    code: 'controller-contract-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 28(3)',
    title: 'A processor acts on a contract with each controller.',
    *check({ activity }) {
      if (actsAsController(activity)) return
      for (const [index, { organisation, contract }] of (activity.controllers ?? []).entries()) {
        if (contract !== undefined) continue
        yield despiteReason(activity, {
          pointer: `/controllers/${index}/contract`,
          message: `No contract with the controller ${organisation} is recorded.`,
          fix: 'Add contract with its reference, and the day on which it was signed.',
        })
      }
    },
  },
]
