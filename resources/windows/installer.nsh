; What electron-builder's installer does besides (nsis.include): Windows offers the program for folders, as file managers of the other systems do. Those that
; are no workspace, the program ignores. SHCTX is the registry of the person, or of the machine where it was installed for everybody.

!define FOLDER_VERB "Software\Classes\Directory\shell\BehaveGPT"

!macro customInstall
  ; The installer shows no page with this text, so that it has no string of its languages; 2052 is Simplified Chinese.
  ${If} $LANGUAGE == 2052
    WriteRegStr SHCTX "${FOLDER_VERB}" "" "用 BehaveGPT Workbench 打开"
  ${Else}
    WriteRegStr SHCTX "${FOLDER_VERB}" "" "Open in BehaveGPT Workbench"
  ${EndIf}
  WriteRegStr SHCTX "${FOLDER_VERB}" "Icon" "$INSTDIR\${APP_EXECUTABLE_FILENAME}"
  WriteRegStr SHCTX "${FOLDER_VERB}\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
!macroend

!macro customUnInstall
  DeleteRegKey SHCTX "${FOLDER_VERB}"
!macroend
