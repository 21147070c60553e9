export function Form({ field, gender }) {
  const { t } = useTranslation(undefined, { keyPrefix: 'form' });
  // t('unheard.of') is how it was
  return <label>{t('name')} {t('friend', { context: gender })} {t('emial')}</label>;
}
