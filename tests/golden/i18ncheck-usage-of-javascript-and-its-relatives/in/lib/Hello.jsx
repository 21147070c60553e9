<FormattedMessage id="react.hello" />; t('form.email');
