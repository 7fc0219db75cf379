# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# cmake -DTEMPLATE=... -DOUTPUT=... -DSOURCE_DIR=... -DPANTHER_VERSION=... -DPANTHER_COMPILER=... -DPANTHER_COMPILER_FLAGS=...
#       -P git_revision.cmake
# Writes OUTPUT from TEMPLATE with the revision of SOURCE_DIR, only if its content changes. Without git, or outside a
# checkout, the revision is "unknown".
set(PANTHER_GIT_REVISION "unknown")
set(PANTHER_GIT_DIRTY "false")
find_program(git_program git)
if(git_program AND EXISTS "${SOURCE_DIR}/.git")
  execute_process(COMMAND "${git_program}" rev-parse HEAD WORKING_DIRECTORY "${SOURCE_DIR}" RESULT_VARIABLE failed
                  OUTPUT_VARIABLE revision ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT failed)
    set(PANTHER_GIT_REVISION "${revision}")
    execute_process(COMMAND "${git_program}" status --porcelain --untracked-files=no
                    WORKING_DIRECTORY "${SOURCE_DIR}" RESULT_VARIABLE failed OUTPUT_VARIABLE changes ERROR_QUIET)
    if(failed OR changes)
      set(PANTHER_GIT_DIRTY "true")
    endif()
  endif()
endif()
configure_file("${TEMPLATE}" "${OUTPUT}" @ONLY)
